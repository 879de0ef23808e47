package wire

var (
	ScanJSON = scanJSON
	ScanXML  = scanXML
	ParseInt = parseInt
)

// WithoutRoot is e as the same content would give it in JSON, which has no
// root to say that it is an error.
func (e Envelope) WithoutRoot() Envelope {
	e.errorRoot = false
	return e
}
