"""The NAVER Cloud Data Flow API over HTTPS: signed, patient with reads, and never writing twice."""
