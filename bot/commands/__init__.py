"""One module per `mingzhang` command; each is imported only when it is called."""
