"""The review of an App Store page and of an app's source: one module a topic.

Rules make no network calls and run in linear time.
"""
