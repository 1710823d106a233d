package export

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of ONNX that a graph needs, written field by field. Numbers of
// fields and enumerations are those of onnx.proto (onnx.ai, IR version 7).
const (
	onnxIRVersion = 7
	onnxOpset     = 13

	onnxFloat  = 1 // TensorProto.DataType
	onnxInt64  = 7
	onnxDouble = 11

	onnxAttributeInt = 2 // AttributeProto.AttributeType
)

// tensor is a constant of a graph.
type tensor struct {
	name   string
	kind   int
	dims   []int
	floats []float64 // kind onnxDouble
	ints   []int64   // kind onnxInt64
}

// operation is a node of a graph with its integer attributes.
type operation struct {
	op         string
	in, out    []string
	attributes []attribute
}

type attribute struct {
	name  string
	value int64
}

// onnxModel is what a file holds.
type onnxModel struct {
	doc        string
	input      string
	columns    int
	output     string
	constants  []tensor
	operations []operation
	metadata   [][2]string
}

func appendText(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func appendInt(b []byte, field protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

func appendMessage(b []byte, field protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), message)
}

func (m *onnxModel) encode() []byte {
	var opset, b []byte
	opset = appendText(opset, 1, "")
	opset = appendInt(opset, 2, onnxOpset)
	b = appendInt(b, 1, onnxIRVersion)
	b = appendText(b, 2, "kansym")
	b = appendText(b, 6, m.doc)
	b = appendMessage(b, 7, m.graph())
	b = appendMessage(b, 8, opset)
	for _, pair := range m.metadata {
		b = appendMessage(b, 14, appendText(appendText(nil, 1, pair[0]), 2, pair[1]))
	}
	return b
}

func (m *onnxModel) graph() []byte {
	var b []byte
	for _, o := range m.operations {
		b = appendMessage(b, 1, o.encode())
	}
	b = appendText(b, 2, "kansym")
	for _, t := range m.constants {
		b = appendMessage(b, 5, t.encode())
	}
	b = appendMessage(b, 11, valueInfo(m.input, m.columns))
	return appendMessage(b, 12, valueInfo(m.output, 1))
}

func (o *operation) encode() []byte {
	var b []byte
	for _, s := range o.in {
		b = appendText(b, 1, s)
	}
	for _, s := range o.out {
		b = appendText(b, 2, s)
	}
	b = appendText(b, 4, o.op)
	for _, a := range o.attributes {
		text := appendText(nil, 1, a.name)
		text = appendInt(text, 3, a.value)
		b = appendMessage(b, 5, appendInt(text, 20, onnxAttributeInt))
	}
	return b
}

func (t *tensor) encode() []byte {
	var b, raw []byte
	for _, d := range t.dims {
		b = appendInt(b, 1, int64(d))
	}
	b = appendInt(b, 2, int64(t.kind))
	b = appendText(b, 8, t.name)
	for _, v := range t.floats {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	for _, v := range t.ints {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return appendMessage(b, 9, raw)
}

// valueInfo describes a matrix of float64 with any number of rows.
func valueInfo(name string, columns int) []byte {
	rows := appendMessage(nil, 1, appendText(nil, 2, "rows"))
	shape := appendMessage(rows, 1, appendInt(nil, 1, int64(columns)))
	kind := appendMessage(appendInt(nil, 1, onnxDouble), 2, shape)
	return appendMessage(appendText(nil, 1, name), 2, appendMessage(nil, 1, kind))
}
