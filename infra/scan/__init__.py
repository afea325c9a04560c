"""What others think of the generated template: cfn-lint and checkov, and the reasons for what stays as it is."""
