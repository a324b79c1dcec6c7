"""Messages to people in English and Vietnamese: reasons as codes with parameters, and one catalogue for both languages.

May import `errors` and `vietnam`.
"""
