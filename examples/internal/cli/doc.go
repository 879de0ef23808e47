// Package cli is what the example programs have in common: how they start and
// end, the flags that say which tasks to ask whom for, and what they tell their
// user. How the library is used stands in the programs.
package cli
