"""The review of an App Store page and of an app's source.

Each module covers one topic, with functions that yield findings. No rule makes a network call, and each
runs in time linear in the length of its text.
"""
