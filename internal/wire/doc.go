// Package wire decodes the responses of the service, in JSON and in XML.
//
// A [reader] for each format reads the members of one object after another, and one
// assembler makes values from them, so that both formats follow the same rules:
//
//   - Success is proven: a page has a list in Data, or TotalItemNum, and an
//     acknowledgement has Result. A document with a Code is an error of the
//     service, even if it has more, and even if it is broken behind the Code.
//   - Known variations are accepted: numbers and booleans as strings and the
//     reverse, 20.0 and 1e2 for whole numbers, 0 and 1 for booleans, names in
//     another case, null for absent, {} and [] for nothing, unknown members,
//     and for the tasks an object, a list, one task or nothing in any form.
//   - One odd value never costs the page. An invalid number or boolean is
//     absent. A text that is an object, a list or an element is kept as sent. A
//     byte that is not UTF-8 becomes U+FFFD. Of two values the one under the
//     exact name of the field is kept, otherwise the last one; of two lists, the
//     one under the exact names. Text between the elements of XML, and anything
//     in the list that has no field of a task, is skipped. Each of these is
//     listed as [Unparsed].
//   - Text is kept as sent, even if the format does not allow it: control
//     characters, backslashes and ampersands that begin nothing, unknown
//     entities. White space around the values of the envelope belongs to the
//     layout and is cut off, as is a line end with what follows it before a
//     value of a task that is not prose.
//   - Null is absent, also as a proof. An empty string or element is an absent
//     number or boolean. An object without any member is not a task.
//   - Broken structure is refused: truncated documents, unterminated strings,
//     mismatched tags, text outside of the root, a document type, a duplicate
//     attribute. Documents that nest deeper than 64 are refused, and pages with
//     more tasks than a page may have.
//   - The charset is UTF-8. [ToUTF8] reads some others and refuses the rest.
//
// Decoding allocates a small multiple of the size of the document: the Unparsed
// list is bounded, skipped content is not stored, and stored content grows with
// what the document contains, not with what it announces.
//
// The readers are fast for three reasons, each in one place: strings are scanned a
// word at a time (scan.go), the bytes that lead from one member to the next are
// compared with those of the previous task (lead), and the strings of a task are
// one allocation (interner).
package wire
