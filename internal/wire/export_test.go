package wire

var (
	ScanJSON = scanJSON
	ScanXML  = scanXML
	ParseInt = parseInt
)

// WithoutRoot returns e as decoded from the same content in JSON, which has no root
// that marks an error.
func (e Envelope) WithoutRoot() Envelope {
	e.errorRoot = false
	return e
}
