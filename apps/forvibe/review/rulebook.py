"""The App Review Guidelines, as of June 2026, and the rules' texts.

Source of the guidelines: developer.apple.com/app-store/review/guidelines. Paragraphs without a title have
their section's.

A rule is three lines: id, guideline and severity; message; suggested fix. `{field}` is the name of the
listing's field; other names in braces come from the check.
"""

TITLES = """
Objectionable Content: 1.1 1.1.6
Kids Category: 1.3
Physical Harm: 1.4.1
Developer Information: 1.5
Data Security: 1.6
App Completeness: 2.1
Beta Testing: 2.2
Accurate Metadata: 2.3 2.3.1 2.3.2 2.3.7 2.3.8 2.3.10 2.3.12
Software Requirements: 2.5.1
In-App Purchase: 3.1.1
Subscriptions: 3.1.2
Copycats: 4.1
Data Collection and Storage: 5.1.1
Privacy Policies: 5.1.1(i)
Permission: 5.1.1(ii)
Account Sign-In: 5.1.1(v)
Data Use and Sharing: 5.1.2
Generally: 5.2.1
Apple Endorsements: 5.2.4
Apple Products: 5.2.5
"""
GUIDELINES = {
    number: title
    for title, _, numbers in (line.partition(": ") for line in TITLES.strip().splitlines())
    for number in numbers.split()
}

PAGE = """
name-too-long 2.3.7 critical
  The {field} has {used:,} characters; App Store Connect allows {limit:,}.
  Remove {over:,} characters. App Store Connect counts spaces, marks and commas, too.
text-too-long 2.3 critical
  The {field} has {used:,} characters; App Store Connect allows {limit:,}.
  Remove {over:,} characters. App Store Connect counts spaces, marks and commas, too.
name-too-short 2.3.7 critical
  The name has one character; App Store Connect requires at least two.
  Choose a name that hints at what the app does.
missing-text 2.1 critical
  The {field} is missing. App Store Connect requires it in every locale.
  Write the {field} for this locale, or remove the locale from the submission.
missing-support-url 1.5 critical
  The support URL is missing, so users cannot reach you with questions.
  Give the https URL of a page that says how to contact you.
missing-privacy-policy 5.1.1(i) critical
  The privacy policy URL is missing. Every app must link to its privacy policy.
  Publish a policy that says what is collected, why, and how it is deleted. Give its https URL.
url-of-some-locales 2.1 low
  The {field} is given in other locales, but not in this one.
  Give this locale a {field}. The same page is enough if it can be read there.
whats-new-of-some-locales 2.3.12 medium
  The What's New text is given in other locales, but not in this one.
  Describe the changes in this locale: an update needs the text in every locale.
placeholder-text 2.1 critical
  The {field} contains placeholder text.
  Replace it with the real text, or remove it.
placeholder-name 2.1 critical
  The name is a placeholder.
  Give the app its own name.
whats-new-says-nothing 2.3.12 medium
  The What's New text does not say what is new.
  List the changes. If you only fixed bugs, "Bug fixes and performance improvements" is enough.
price-in-title 2.3.7 high
  The {field} mentions a price.
  Remove it: the App Store shows the price in each country's currency.
price-in-keywords 2.3.7 medium
  The keyword field mentions a price.
  Replace it with a word that says what the app does.
ad-free-in-title 2.3.7 medium
  The {field} says "free". Reviewers have treated even "ad free" as a price.
  Say it in the description instead.
price-in-text 2.3.7 info
  The {field} mentions a price. Prices differ between countries and change over time.
  Leave amounts to the App Store, unless you must state the terms of a subscription.
platform-in-title 2.3.10 high
  The {field} names another mobile platform or its store.
  Remove it: a page on the App Store is about the app on Apple's platforms.
store-in-text 2.3.10 high
  The {field} sends users to another platform or app store.
  Remove it: the page may not point to other mobile platforms or stores.
platform-in-text 2.3.10 low
  The {field} names another mobile platform.
  Keep it only if the app works with such devices and the text is about that.
other-app-in-keywords 2.3.7 high
  The {field} contains the name of another app or company.
  Remove it: names of other apps and companies are not allowed there.
other-app-in-title 2.3.7 medium
  The {field} contains the name of another app or company.
  Remove it, or have the owner's permission ready when App Review asks.
apple-product-in-name 5.2.5 medium
  The name contains the name of an Apple product.
  Remove it. If users need the information, Apple allows "for iPhone" at the end.
apple-endorsement 5.2.4 high
  The {field} suggests that Apple made or recommends the app.
  Remove it: Apple adds its own badges to the page when it features an app.
unverifiable-claim-in-title 2.3.7 high
  The {field} makes a claim that nobody can verify.
  Say what the app does instead: a feature, or a typical use.
unverifiable-claim-in-text 2.3.7 low
  The {field} makes a claim that nobody can verify.
  Say what the app does instead, or name the award or survey behind the claim.
misleading-claim 2.3.1 high
  The {field} promises something that an app cannot do or that nobody can promise.
  Remove the promise, and describe what the app really does.
medical-claim 1.4.1 high
  The {field} makes a medical claim, which App Review checks closely.
  Remove it, or disclose data and method, submit the clearance, and refer users to a doctor.
for-kids 2.3.8 medium
  The {field} says "for kids" or similar, which is reserved for the Kids Category.
  Remove it, unless the app is submitted to the Kids Category.
unfinished-in-title 2.2 high
  The {field} calls the app a beta, demo or trial.
  Remove it and submit a finished app. Unfinished apps belong on TestFlight.
unfinished-in-text 2.2 medium
  The {field} says that the app is not finished.
  Describe what this version does. Unfinished apps belong on TestFlight.
duplicate-keyword 2.3.7 low
  The keyword field contains a keyword twice.
  Keep one and use the space for another word.
plural-keyword 2.3.7 low
  The keyword field contains both singular and plural of a word.
  Keep the singular: search also finds the plural.
keyword-in-title 2.3.7 low
  The keyword field repeats words of the name or subtitle, which search already uses.
  Use the space for other words.
category-as-keyword 2.3.7 low
  The keyword field contains a category's name or the word "app", which search already uses.
  Use the space for another word.
space-after-comma 2.3.7 low
  Spaces around commas waste {wasted} of the keyword field's 100 characters.
  Write the keywords with commas and without spaces: property,house,real estate.
blank-keyword 2.3.7 low
  The keyword field has a comma with no keyword before or after it.
  Remove the extra comma.
keywords-without-commas 2.3.7 medium
  The keywords are not separated by commas, so search treats them as one phrase.
  Separate them with commas, without spaces.
short-keyword 2.3.7 low
  A keyword has fewer than three characters.
  Use longer keywords: App Store Connect asks for more than two characters in each.
special-character-in-keyword 2.3.7 low
  A keyword contains a special character that search ignores.
  Remove # and @, unless they are part of your brand.
malformed-url 2.1 critical
  The {field} is not a web address.
  Give the complete URL, starting with https://.
placeholder-url 2.1 critical
  The {field} leads to a reserved or template address, or to a private network.
  Give the URL of a page that App Review can open.
insecure-support-url 1.5 low
  The {field} does not use https, so browsers warn users who open it.
  Serve the page over https and give that URL.
insecure-privacy-policy-url 5.1.1(i) medium
  The {field} does not use https, so the text could be changed in transit.
  Serve the policy over https and give that URL.
link-in-title 2.3.7 high
  The {field} contains a web or email address.
  Remove it: the listing has separate fields for addresses.
placeholder-link 2.1 high
  The {field} contains a reserved or template address, or one of a private network.
  Give the real address, or remove it.
link-to-other-store 2.3.10 high
  The {field} links to another app store.
  Remove it: the page may not point to other platforms' stores.
link-in-promotional-text 2.3 low
  The promotional text contains an address, but users cannot tap it there.
  Remove it, and use the marketing URL instead.
repeated-punctuation-in-title 2.3.7 medium
  The {field} repeats a punctuation mark.
  Use it once, or not at all.
repeated-punctuation 2.3 low
  The {field} repeats exclamation or question marks.
  Use one.
capitals-in-title 2.3.7 low
  The {field} is written in capitals.
  Capitalise it as a name.
capitals-in-text 2.3 low
  The {field} has a whole sentence in capitals.
  Use sentence case. Headings may stay in capitals.
emoji-in-title 2.3.7 medium
  The {field} contains an emoji or pictogram, which says nothing about the app.
  Remove it.
styled-letters 2.3.7 medium
  The {field} imitates bold or italic letters with mathematical symbols, which VoiceOver cannot read.
  Use plain letters.
invisible-character 2.3 medium
  The {field} contains an invisible character: {code}.
  Remove it, for example by typing the text again.
damaged-text 2.1 high
  The {field} contains text that was saved in the wrong encoding.
  Save it as UTF-8 and paste it again.
markup-in-text 2.3 medium
  The {field} contains HTML, which the App Store shows as plain text.
  Write plain text with line breaks.
subtitle-repeats-name 2.3.7 medium
  The subtitle repeats the name.
  Say in the subtitle what the app does.
untranslated 2.3 info
  The {field} is the same text as in {other}, which is another language.
  Translate it, or remove the locale.
other-script 2.3 info
  The {field} has no letters of the script that this language uses.
  Translate it, or remove the locale.
"""

CODEBASE = """
purpose-string-missing 5.1.1(ii) critical
  The app uses {api} without {key}. It crashes there and is rejected.
  Add {key} to Info.plist, with a sentence on what the data is used for.
tracking-purpose-missing 5.1.2 critical
  The app asks for permission to track users without {key}.
  Add {key} to Info.plist, with a sentence on what the data is used for.
purpose-string-vague 5.1.1(ii) high
  {key} does not say what the data is used for.
  Name the feature that needs the data, and give an example.
arbitrary-loads 1.6 medium
  NSAllowsArbitraryLoads turns off App Transport Security for every host.
  Remove it, or make exceptions only for the hosts that need one and justify them to App Review.
private-api 2.5.1 critical
  The source uses a private or removed API.
  Use the public API that replaces it.
test-server 2.1 medium
  The source contains the address of a test server, a private network or the local machine.
  Make sure that the submitted build uses the production server.
external-payment 3.1.1 medium
  The app includes a payment service other than in-app purchase.
  Sell digital goods by in-app purchase. Payment services are for goods used outside the app.
account-deletion-missing 5.1.1(v) high
  Users can create an account, but these files have no way to delete it.
  Offer account deletion in the app. Ignore this finding if it is in a file that was not given.
secret-in-source 1.6 info
  The source contains what looks like {kind}. Anyone who has the app can read it.
  Keep it on a server, and replace this one.
"""
