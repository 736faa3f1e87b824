"""The page of broadcasts (群发页): what its forms say, what it shows, what it changes."""
