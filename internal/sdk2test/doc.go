// Package sdk2test holds this library against the core of the official
// second-generation SDK, github.com/alibabacloud-go/darabonba-openapi/v2, which
// its generated packages call. It is a module of its own: what that SDK
// requires is no requirement of the library.
package sdk2test
