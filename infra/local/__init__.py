"""The playground: stand-ins for Slack, NAVER and AWS on loopback, and the program that starts them."""
