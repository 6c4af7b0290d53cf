"""Marks in the XML of a user's own workbook; runs in a child process, never in the server."""
