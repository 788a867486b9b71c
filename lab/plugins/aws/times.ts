/** RFC 3339 without a fraction, as Go's time.RFC3339 writes it. */
export function withoutFraction(date: Date | undefined): string {
  return (date ?? new Date(0)).toISOString().replace(/\.\d+Z$/, "Z");
}
