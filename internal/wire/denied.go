package wire

// AccessDenied is the service's AccessDeniedDetail: why it denied a call. Every
// field may be empty.
type AccessDenied struct {
	AuthAction                                                        string // such as domain:QueryDomainTask, which differs from the operation's name
	AuthPrincipalType, AuthPrincipalDisplayName, AuthPrincipalOwnerID string
	NoPermissionType                                                  string // such as ImplicitDeny
	PolicyType                                                        string
	EncodedDiagnosticMessage                                          string
}

// accessDenied reads the value of AccessDeniedDetail: the members of a JSON object,
// or the elements within an XML element. It returns a zero AccessDenied for an
// unknown form, and for a broken one the fields before the break: the Code of an
// error matters more than its details.
func accessDenied(raw []byte) AccessDenied {
	if len(raw) == 0 {
		return AccessDenied{}
	}
	var r reader
	switch raw[0] {
	case '{':
		r = &jsonReader{doc: raw, pos: 1, depth: 1}
	case '<':
		r = &xmlReader{doc: raw, depth: 1} // within the element, whose tags are cut off
	default:
		return AccessDenied{}
	}
	rec := record{fields: &deniedFields}
	_, _ = r.members(&rec) // XML always ends with an error, since the end tag is missing
	text := func(field int) string { return string(rec.trimmed(field)) }
	return AccessDenied{
		AuthAction:               text(fieldAuthAction),
		AuthPrincipalType:        text(fieldAuthPrincipalType),
		AuthPrincipalDisplayName: text(fieldAuthPrincipalDisplayName),
		AuthPrincipalOwnerID:     text(fieldAuthPrincipalOwnerID),
		NoPermissionType:         text(fieldNoPermissionType),
		PolicyType:               text(fieldPolicyType),
		EncodedDiagnosticMessage: text(fieldEncodedDiagnosticMessage),
	}
}
