// Package fit goes from a table of numbers to the formula behind it.
//
// Run splits the rows into a training and a held-out part and works through a
// list of stages over one shared state, cheap and exact hypotheses first:
//
//  1. a constant and straight lines, the yardsticks;
//  2. power laws, and products of powers and exponentials, from one linear
//     regression of log|y|;
//  3. sparse polynomials, Laurent polynomials and rational functions under
//     output transforms (y^2, 1/y, log y, ...);
//  4. small tree-shaped Kolmogorov-Arnold networks, additive and
//     multiplicative, whose learned curves are named;
//  5. a dense network with pruning and naming;
//  6. polishing: constants refitted on all training rows, snapped where an
//     exact number explains them, formulas simplified.
//
// A stage reads the state and offers candidate formulas; it never calls
// another stage. Every candidate is refitted on the raw data, so no error of a
// network survives in an answer, and judged on rows that no stage saw. All
// candidates go to one Pareto front of error against size, and the answer is
// the one of least description length (Rissanen 1978; for formulas Udrescu et
// al., AI Feynman 2.0, 2020, section 2).
//
// Work is cut into tasks that run side by side but are taken in in order, and
// an exact formula ends the tasks after it and never those before it, so the
// same seed gives the same answer for any number of threads.
package fit
