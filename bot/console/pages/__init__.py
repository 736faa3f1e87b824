"""The pages of the console (各页), a module, a template and a file of words each."""
