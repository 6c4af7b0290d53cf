"""What runs in the reader's child process: one file → raw text rows. Imports nothing of the rest of the product, so
that the child starts in a third of the time."""
