"""One adapter a set: the command's JSON and text → the set's labels. An adapter never sees a case."""
