"""Everything that runs in Lambda. The import path is the file path is the handler string."""
