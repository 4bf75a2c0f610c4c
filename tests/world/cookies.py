"""The page of a frontend that may keep its session in a cookie, and what its browser says of it."""

OURS = "https://pinpai.example.org"
MARKED = {"X-Session": "cookie"}
OWN_PAGE = {"Origin": OURS, "Sec-Fetch-Site": "same-site"} | MARKED
