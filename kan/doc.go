// Package kan trains and evaluates Kolmogorov-Arnold networks: layers of nodes
// that add or multiply, joined by edges that each carry a function of one
// variable, either a learned spline or a named function c*f(a*x+b)+d.
//
// A Network has one output. Predict, Gradient and Hessian evaluate it and its
// exact derivatives with respect to the inputs; Jacobian gives those with
// respect to its parameters. Train makes a network from data.
//
// # Training
//
// Networks are trained by Levenberg-Marquardt, not by gradient descent. In a
// row of data an edge has four parameters that matter (the four basis
// functions that are not zero, or a, b, c and d), so J'J and J'r are
// accumulated from 4x4 blocks and J is never stored. Above about 700
// parameters, where the matrix itself becomes the cost, the step is found by
// conjugate gradients that only ever multiply by J and J'.
//
// Training goes from coarse grids to fine ones while the error on held-out
// rows falls, keeps the grids of hidden nodes on the values that reach them,
// penalises curvature, and starts flat networks from additive and
// multiplicative models that are solved directly: random starts of such
// networks end in poor local minima.
//
// Some of it was found by trying. Grids of hidden nodes reach 6% beyond the
// values seen: with 2% the rare rows at the ends of a logarithm's range fell on
// straight lines, and Coulomb's law ended at 3e-3 instead of 1e-5. A grid that
// gains nothing does not end the refinement, two in a row do: from 4 to 6
// intervals the knots move, and two of sixteen targets got worse before they got a
// hundred times better at 12. Sixteen steps without a better held-out error
// end a round; with eight, most of the wide networks tried stopped on a plateau.
//
// # Scales
//
// Columns of 1e-30 and 1e30 are as good as any. A network works on inputs and
// outputs multiplied by powers of two, which changes no digit; it never shifts
// them, because sqrt(x+0.3) is harder to recognise than sqrt(x).
package kan
