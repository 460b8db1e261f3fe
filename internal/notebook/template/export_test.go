package template

// Lossless is for the test of what cannot be brought about from outside.
var Lossless = lossless
