"""Two other tools from the package index, run on the same files and scored the same way."""
