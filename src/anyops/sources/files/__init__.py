"""What a person hands over: directories, archives, files and standard input."""
