"""Episodes: what a cause did over the windows, and what the board hears of it.

`history` puts the trail's records in order, `judgement` says which findings are triggers by the
plan's rules (de-duplication, cool-down), and `note` what later windows showed of open triggers.
Nothing closes itself: the board does.
"""
