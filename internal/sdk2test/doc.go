// Package sdk2test compares this library with the core of the official
// second-generation SDK, github.com/alibabacloud-go/darabonba-openapi/v2, which its
// generated packages call. It is a separate module, so that the library does not
// require what that SDK requires.
package sdk2test
