"""The App Review Guidelines that rules and models cite, as of June 2026.

Source: developer.apple.com/app-store/review/guidelines. Paragraphs without a title have their section's.
"""

GUIDELINES = {
    "1.1": "Objectionable Content",
    "1.1.6": "Objectionable Content",
    "1.3": "Kids Category",
    "1.4.1": "Physical Harm",
    "1.5": "Developer Information",
    "1.6": "Data Security",
    "2.1": "App Completeness",
    "2.2": "Beta Testing",
    "2.3": "Accurate Metadata",
    "2.3.1": "Accurate Metadata",
    "2.3.2": "Accurate Metadata",
    "2.3.7": "Accurate Metadata",
    "2.3.8": "Accurate Metadata",
    "2.3.10": "Accurate Metadata",
    "2.3.12": "Accurate Metadata",
    "2.5.1": "Software Requirements",
    "3.1.1": "In-App Purchase",
    "3.1.2": "Subscriptions",
    "4.1": "Copycats",
    "5.1.1": "Data Collection and Storage",
    "5.1.1(i)": "Privacy Policies",
    "5.1.1(ii)": "Permission",
    "5.1.1(v)": "Account Sign-In",
    "5.1.2": "Data Use and Sharing",
    "5.2.1": "Generally",
    "5.2.4": "Apple Endorsements",
    "5.2.5": "Apple Products",
}
