/** The component is to cost what its resources cost; a twentieth is what rounds differ by. */
export const OVERHEAD_GOAL = 1.05;
/** Linear, with a tenth for what grows with the logarithm and for memory that is farther away. */
export const GROWTH_GOAL = 1.1;
/** The component's type stands in each URN. */
export const STATE_GOAL = 1.15;
