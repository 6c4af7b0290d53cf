"""What leaves the product: slides with native charts, workbooks, the template."""
