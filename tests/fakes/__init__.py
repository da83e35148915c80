"""Stand-ins for servers, over real sockets; they need nothing but the standard library."""
