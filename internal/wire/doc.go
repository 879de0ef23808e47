// Package wire decodes the answers of the service, in JSON and in XML.
//
// A [reader] for each format pulls the members of one object after the other
// out of the document, and one assembler makes values of them, so that both
// formats follow the same rules:
//
//   - Success is proven: a page has Data or TotalItemNum, an acknowledgement
//     has Result. A document with a Code is an error of the service, whatever
//     else it holds.
//   - What the service and its siblings are known to vary is accepted: numbers
//     and booleans as strings and the reverse, 20.0 and 1e2 for whole numbers,
//     names in another case, null for absent, unknown members, and for the
//     tasks an object, a list, one task or nothing in any form.
//   - What could be a wrong value is refused: a number that is not whole or
//     does not fit, an object for a scalar, a member twice.
//   - Null is absent, also as a proof. An empty string or element is an absent
//     number or boolean. A task without any member is none; one whose members
//     are all unknown is kept, since dropping it might lose something.
//   - Malformed documents are refused, as are truncated ones and ones that nest
//     deeper than 64, unknown members included. JSON is what encoding/json
//     takes. XML is stricter than encoding/xml: one root, no text outside of it
//     or between elements, no document type, no attribute twice, UTF-8 only.
//
// The readers are fast for three reasons, each in one place: strings are
// scanned a word at a time (scan.go), the bytes that lead from one member to
// the next are compared with those of the task before (lead), and the strings
// of a task are one allocation (sharer).
package wire
