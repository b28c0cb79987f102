package name

// The points that a comparison takes away. What each pair of words loses, and
// each word without a counterpart, is in proportion to its weight; these are
// the others.
const (
	lostTogether    = 1  // words written together or apart
	lostOrder       = 6  // another order of words
	lostNoForm      = 3  // only one name has a legal form
	lostNoFormBare  = 6  // the same, where the name is one word, or ordinary words
	lostFirm        = 4  // one is a company and the other a corporation
	lostOtherForm   = 7  // they have other different forms
	lostScript      = 6  // one name had to be read from another script
	lostMisspelling = 6  // at least, where a word is not written alike
	lostAdded       = 8  // at least, where only one name has a word
	lostVariant     = 1  // another writing of the same word
	lostBranch      = 12 // one name adds a place in brackets
	lostPlace       = 20 // one name adds a place, the other has no legal form
	lostPlaceFirms  = 32 // one name adds a place, both have a legal form
	lostPlaces      = 40 // each names a place that the other does not
	lostSeries      = 12 // other numbers
	lostFirst       = 8  // one name has the number 1, the other none
	lostNumber      = 30 // one name has a number, the other none
	lostOrdinary    = 6  // nothing but ordinary words in common
	lostBrand       = 20 // at most, where one name is the start of the other
	lostAcronym     = 25 // one name is the initials of the other

	addedFactor    = 1.4 // weight of a word that only one name has
	conflictFactor = 1.6 // where each has one
)
