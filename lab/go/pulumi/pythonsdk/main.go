// Command pythonsdk writes the Python SDK of a Pulumi package into a folder, as `pulumi package gen-sdk --language python`
// does by pulumi-language-python, which is not published as a Go module. A schema with anything to object to is refused.
//
//	pythonsdk schema.json folder
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: pythonsdk <schema.json> <folder>")
	}
	bound, err := bind(args[0])
	if err != nil {
		return err
	}
	files, err := python.GeneratePackage("pythonsdk", bound, nil, noReferences{})
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(args[1], name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// bind reads a schema and holds it to Pulumi's metaschema; a warning is an error as well.
func bind(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	bound, diagnostics, err := schema.BindSpec(spec, noReferences{}, schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, diagnostics
	}
	return bound, nil
}

// noReferences knows no other packages: a component whose arguments are plain data has no type of theirs.
type noReferences struct{}

func (noReferences) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, unknown(name)
}

func (noReferences) LoadPackageV2(_ context.Context, of *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, unknown(of.Name)
}

func (noReferences) LoadPackageReference(name string, _ *semver.Version) (schema.PackageReference, error) {
	return nil, unknown(name)
}

func (noReferences) LoadPackageReferenceV2(
	_ context.Context, of *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return nil, unknown(of.Name)
}

func unknown(name string) error {
	return fmt.Errorf("the schema refers to the package %s", name)
}
