package credentials_test

import (
	"fmt"
	"log"
	"log/slog"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
)

// On a developer's machine the profile of the CLI is found, in a container the OIDC
// token of its service account, on an ECS instance its RAM role.
func ExampleDefault() {
	client, err := domaintask.NewClient(domaintask.Config{
		Credentials: credentials.Default(credentials.WithLogger(slog.Default())),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// A profile by its name, in the files of the CLI and of the SDKs.
func ExampleProfile() {
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.Profile("domains")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// A role that is assumed with the credentials that the default chain finds.
func ExampleAssumeRole() {
	role := credentials.AssumeRole(credentials.Default(), credentials.Role{
		ARN:         "acs:ram::123456789012****:role/domain-reader",
		SessionName: "failed-tasks",
	})
	client, err := domaintask.NewClient(domaintask.Config{Credentials: role})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// The role of an ECS instance, by name.
func ExampleECSRole() {
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.ECSRole("domain-reader")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// A sidecar that sends credentials.
func ExampleURI() {
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.URI("http://127.0.0.1:6666/credentials")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// A provider of the official SDK.
func ExampleFromSDK() {
	oidc, err := sdk.NewOIDCCredentialsProviderBuilder().
		WithOIDCTokenFilePath("/var/run/secrets/token").
		WithOIDCProviderARN("acs:ram::123456789012****:oidc-provider/cluster").
		WithRoleArn("acs:ram::123456789012****:role/domain-reader").
		Build()
	if err != nil {
		log.Fatal(err)
	}
	client, err := domaintask.NewClient(domaintask.Config{Credentials: credentials.FromSDK(oidc)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

// The default chain of this package, for a program that calls another product with
// the official SDK.
func ExampleToSDK() {
	theirs := credentials.ToSDK(credentials.Default())
	fmt.Println(theirs.GetProviderName())
	// Output: domaintask
}
