"""Who the cluster is and who we are: the kubeconfig, credentials and TLS, as kubectl reads them."""
