package domaintasktest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"

	"github.com/domaintask/domaintask"
)

// Handle adds an operation, or replaces one, in this version; "" means
// domaintask.APIVersion. Its requests pass the same checks as all others before
// they reach respond, which gets the operation's own parameters.
//
// The response is a value that encoding/json encodes as an object, such as a
// struct, a map or a json.RawMessage. If the client asked for XML, the members
// become elements, and an array repeats the element of its member. A RequestId
// is added if there is none. A []byte is sent as the whole body, in any format.
//
// If the error matches *domaintask.APIError, the response is an error with its
// StatusCode (0 means 400), Code and Message. Any other error is an
// InternalError.
//
// respond may call the methods of the server. Several goroutines call it if
// there are several requests at a time.
func (s *Server) Handle(action, version string, respond func(params url.Values) (any, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.actions == nil {
		s.actions = map[operation]responder{}
	}
	s.actions[operation{action, cmp.Or(version, domaintask.APIVersion)}] = respond
}

// operation names an operation of the service.
type operation struct{ action, version string }

type responder func(params url.Values) (any, error)

// hasVersion reports whether any operation has this version.
func (s *Server) hasVersion(version string) bool {
	for op := range s.actions {
		if op.version == version {
			return true
		}
	}
	return version == domaintask.APIVersion
}

// answer returns the document or the failure that respond decides on.
func (respond responder) answer(action string, params url.Values) (document, *failure) {
	value, err := respond(params)
	if body, ok := value.([]byte); ok && err == nil {
		return rawDocument(body), nil
	}
	var object []byte
	if err == nil {
		object, err = json.Marshal(value)
	}
	if err == nil && !bytes.HasPrefix(object, []byte("{")) {
		err = errors.New("the response is not a JSON object")
	}
	var apiErr *domaintask.APIError
	switch {
	case errors.As(err, &apiErr):
		return nil, refuse(cmp.Or(apiErr.StatusCode, http.StatusBadRequest), apiErr.Code, apiErr.Message)
	case err != nil:
		return nil, refuse(http.StatusInternalServerError, "InternalError", err.Error())
	}
	return &objectDocument{root: action + "Response", object: object}, nil
}

// rawDocument is a whole body.
type rawDocument []byte

func (rawDocument) name(string) {}

// objectDocument is a JSON object, which has one form in XML.
type objectDocument struct {
	root   string
	object []byte // compact
}

func (d *objectDocument) name(requestID string) {
	var members map[string]json.RawMessage
	json.Unmarshal(d.object, &members) // it is an object
	if _, ok := members["RequestId"]; ok {
		return
	}
	id := []byte(`{"RequestId":"` + requestID + `"`)
	if len(members) > 0 {
		id = append(id, ',')
	}
	d.object = append(id, d.object[len("{"):]...)
}

func (d *objectDocument) MarshalJSON() ([]byte, error) { return d.object, nil }

func (d *objectDocument) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	dec := json.NewDecoder(bytes.NewReader(d.object))
	dec.UseNumber()
	return writeElement(e, dec, d.root)
}

// writeElement writes the next JSON value as the content of an element.
func writeElement(e *xml.Encoder, dec *json.Decoder, name string) error {
	element := xml.StartElement{Name: xml.Name{Local: name}}
	token, err := dec.Token()
	switch token {
	case json.Delim('{'):
		err = e.EncodeToken(element)
		for err == nil && dec.More() {
			member, _ := dec.Token() // the JSON is valid
			err = writeElement(e, dec, member.(string))
		}
		dec.Token()
		return errors.Join(err, e.EncodeToken(element.End()))
	case json.Delim('['):
		for err == nil && dec.More() {
			err = writeElement(e, dec, name)
		}
		dec.Token()
		return err
	case nil:
		token = ""
	}
	return e.EncodeElement(token, element)
}
