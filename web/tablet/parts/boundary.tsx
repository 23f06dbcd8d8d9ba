/**
 * A page that fails takes no other with it: help and the way back stay. What fails outside of a
 * page starts the tablet anew, and names the telephone until it is there.
 */
import { Component, type ComponentChildren } from "preact";

export interface BoundaryParts {
  /** What stands there instead. */
  readonly instead: ComponentChildren;
  /** After a failure; the page is there no more. */
  readonly failed?: () => void;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly isBroken: boolean;
}

export class Boundary extends Component<BoundaryParts, BoundaryState> {
  override state: BoundaryState = { isBroken: false };

  override componentDidCatch(): void {
    this.setState({ isBroken: true });
    this.props.failed?.();
  }

  override render() {
    return this.state.isBroken ? this.props.instead : this.props.children;
  }
}
