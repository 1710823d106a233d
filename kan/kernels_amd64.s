#include "textflag.h"

// func outerAVX2(h *float64, stride int, col *int32, jac *float64, slots, first, rows int)
//
// For each of the rows, and for each slot k >= first of a row:
//   h[(col[first]+i)*stride + col[k]+j] += jac[first][i] * jac[k][j],  0 <= i, j < 4
TEXT ·outerAVX2(SB), NOSPLIT, $0-56
	MOVQ h+0(FP), DI
	MOVQ stride+8(FP), SI
	MOVQ col+16(FP), BX
	MOVQ jac+24(FP), CX
	MOVQ slots+32(FP), R11
	MOVQ first+40(FP), R12
	MOVQ rows+48(FP), R13
	SHLQ $3, SI
	LEAQ (SI)(SI*2), R9

	// Skip to the leading slot of the first row; R11 becomes slots-first.
	LEAQ (BX)(R12*4), BX
	MOVQ R12, AX
	SHLQ $5, AX
	ADDQ AX, CX
	MOVQ R12, R14
	SHLQ $2, R14          // bytes of col to skip at the start of a row
	MOVQ AX, R15          // bytes of jac to skip
	SUBQ R12, R11

row:
	VBROADCASTSD (CX), Y0
	VBROADCASTSD 8(CX), Y1
	VBROADCASTSD 16(CX), Y2
	VBROADCASTSD 24(CX), Y3
	MOVLQSX (BX), AX
	IMULQ SI, AX
	ADDQ DI, AX           // row col[first] of h
	MOVQ R11, DX

slot:
	MOVLQSX (BX), R8
	VMOVUPD (CX), Y4
	LEAQ (AX)(R8*8), R10
	VMOVUPD (R10), Y5
	VMOVUPD (R10)(SI*1), Y6
	VMOVUPD (R10)(SI*2), Y7
	VMOVUPD (R10)(R9*1), Y8
	VFMADD231PD Y4, Y0, Y5
	VFMADD231PD Y4, Y1, Y6
	VFMADD231PD Y4, Y2, Y7
	VFMADD231PD Y4, Y3, Y8
	VMOVUPD Y5, (R10)
	VMOVUPD Y6, (R10)(SI*1)
	VMOVUPD Y7, (R10)(SI*2)
	VMOVUPD Y8, (R10)(R9*1)
	ADDQ $4, BX
	ADDQ $32, CX
	DECQ DX
	JNZ slot

	ADDQ R14, BX
	ADDQ R15, CX
	DECQ R13
	JNZ row
	VZEROUPPER
	RET

// func gatherAVX2(u, factor, v *float64, idx *int32, bas *float64, off, at *int32, edges, rows int)
//
// For each row r:
//   u[r] += sum over k < edges, j < 4 of factor[at[k]+r] * v[off[k]+idx[r]+j] * bas[4*r+j]
TEXT ·gatherAVX2(SB), NOSPLIT, $0-72
	MOVQ u+0(FP), DI
	MOVQ factor+8(FP), SI
	MOVQ v+16(FP), AX
	MOVQ idx+24(FP), BX
	MOVQ bas+32(FP), CX
	MOVQ off+40(FP), R8
	MOVQ at+48(FP), R9
	MOVQ edges+56(FP), R10
	MOVQ rows+64(FP), R11

gatherRow:
	MOVLQSX (BX), R12
	LEAQ (AX)(R12*8), R12
	VXORPD Y0, Y0, Y0
	XORQ DX, DX

gatherEdge:
	MOVLQSX (R8)(DX*4), R13
	MOVLQSX (R9)(DX*4), R14
	VBROADCASTSD (SI)(R14*8), Y1
	VFMADD231PD (R12)(R13*8), Y1, Y0
	INCQ DX
	CMPQ DX, R10
	JLT gatherEdge

	VMULPD (CX), Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPD X1, X0, X0
	VHADDPD X0, X0, X0
	VADDSD (DI), X0, X0
	VMOVSD X0, (DI)
	ADDQ $8, DI
	ADDQ $8, SI
	ADDQ $4, BX
	ADDQ $32, CX
	DECQ R11
	JNZ gatherRow
	VZEROUPPER
	RET

// func scatterAVX2(dst, factor, u *float64, idx *int32, bas *float64, off, at *int32, edges, rows int)
//
// For each row r, k < edges, j < 4:
//   dst[off[k]+idx[r]+j] += factor[at[k]+r] * u[r] * bas[4*r+j]
TEXT ·scatterAVX2(SB), NOSPLIT, $0-72
	MOVQ dst+0(FP), DI
	MOVQ factor+8(FP), SI
	MOVQ u+16(FP), AX
	MOVQ idx+24(FP), BX
	MOVQ bas+32(FP), CX
	MOVQ off+40(FP), R8
	MOVQ at+48(FP), R9
	MOVQ edges+56(FP), R10
	MOVQ rows+64(FP), R11

scatterRow:
	MOVLQSX (BX), R12
	LEAQ (DI)(R12*8), R12
	VBROADCASTSD (AX), Y0
	VMULPD (CX), Y0, Y0
	XORQ DX, DX

scatterEdge:
	MOVLQSX (R8)(DX*4), R13
	MOVLQSX (R9)(DX*4), R14
	VBROADCASTSD (SI)(R14*8), Y1
	VMOVUPD (R12)(R13*8), Y2
	VFMADD231PD Y0, Y1, Y2
	VMOVUPD Y2, (R12)(R13*8)
	INCQ DX
	CMPQ DX, R10
	JLT scatterEdge

	ADDQ $8, AX
	ADDQ $8, SI
	ADDQ $4, BX
	ADDQ $32, CX
	DECQ R11
	JNZ scatterRow
	VZEROUPPER
	RET
