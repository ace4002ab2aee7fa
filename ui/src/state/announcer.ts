import { Observable } from './observable.js';

const SHOWN_MS = 5000;

/** Short news: read out by screen readers and, unless it can be seen elsewhere anyway, shown for some seconds. */
export class Announcer extends Observable {
  text = '';
  visible = false;
  private timer = 0;

  show(text: string): void {
    this.say(text, true);
  }

  readOut(text: string): void {
    if (!this.visible) this.say(text, false);
  }

  private say(text: string, visible: boolean): void {
    clearTimeout(this.timer);
    this.text = text;
    this.visible = visible;
    this.timer = setTimeout(() => {
      this.text = '';
      this.visible = false;
      this.changed();
    }, SHOWN_MS);
    this.changed();
  }
}
