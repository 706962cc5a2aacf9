"""What can be asked of a model, for how much and in which words, and which model fits.

Pure: nothing is sent, bought or recorded here.
"""
