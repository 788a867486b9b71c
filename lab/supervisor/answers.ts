/** Questions that are under way to the other end of a pipe, and who waits for their answers. */
export class Answers<Answer> {
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  /** A new question's id, and its answer when it comes. */
  next(): { id: number; answer: Promise<Answer> } {
    const id = ++this.#lastId;
    return { id, answer: new Promise((resolve) => this.#waiting.set(id, resolve)) };
  }

  came(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
