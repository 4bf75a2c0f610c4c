"""Pinpai beside a bare program that does the same work: what the comfort of the framework costs."""
