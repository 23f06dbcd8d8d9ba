/** Answers may overtake each other; one that was overtaken tells of the past. Pure. */
export class Newest {
  private asked = 0;
  private heard = 0;

  /** Called with the question. What it returns is called with its answer: whether that is news. */
  ask(): () => boolean {
    this.asked += 1;
    const nth = this.asked;
    return () => {
      if (nth < this.heard) return false;
      this.heard = nth;
      return true;
    };
  }
}
