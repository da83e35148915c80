"""What the test on a real Kubernetes control plane plants, and how it speaks to the server."""
