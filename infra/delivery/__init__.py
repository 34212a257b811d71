"""How a change comes from a pull request to a stage and a release: the steps of .github/workflows, on this machine too."""
