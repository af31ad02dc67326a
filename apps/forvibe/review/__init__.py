"""What App Review looks for in the words of an App Store page, and in the source of an app.

A module is one matter. Each has its rules, as records, and functions named for what they check, which
yield hits. No rule looks anything up, and none is slower than its text is long.
"""
