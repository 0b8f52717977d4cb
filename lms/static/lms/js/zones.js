// In the editor: the places to tap of a practice are drawn with the mouse on the chosen picture.
// The numbers beside it stay what counts; without this script they are typed.

(() => {
  const { StructBlockDefinition } = window.wagtailStreamField.blocks;
  const SVG = "http://www.w3.org/2000/svg";
  const NAMES = ["left", "top", "width", "height"];
  // As on a phone of 360 px; see courses/rules/practice.py.
  const WIDTH = 312;

  const round = (value) => Math.round(value * 2) / 2;
  const clamp = (value, most) => Math.min(Math.max(value, 0), most);

  /** The box as an author drew it, in per cent, whichever corner came first. */
  function between(one, other) {
    const left = round(Math.min(one.x, other.x));
    const top = round(Math.min(one.y, other.y));
    return {
      left,
      top,
      width: round(Math.max(one.x, other.x)) - left,
      height: round(Math.max(one.y, other.y)) - top,
    };
  }

  function svg(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  class Board {
    constructor(block, meta) {
      this.block = block;
      this.meta = meta;
      this.zones = block.childBlocks.zones;
      this.element = document.createElement("div");
      this.element.className = "zone-board";
      this.note = document.createElement("p");
      this.note.className = "help";
      this.note.textContent = meta.zoneWords.draw;
      this.stage = document.createElement("div");
      this.stage.className = "zone-stage";
      this.img = document.createElement("img");
      this.img.alt = "";
      this.img.width = WIDTH;
      this.img.draggable = false;
      this.svg = document.createElementNS(SVG, "svg");
      // Who sees no picture types the numbers below it.
      this.svg.setAttribute("aria-hidden", "true");
      this.stage.append(this.img, this.svg);
      this.element.append(this.note, this.stage);
      this.zones.container[0].before(this.element);
      this.img.addEventListener("load", () => this.draw());
      this.img.addEventListener("error", () => (this.stage.hidden = true));
      this.svg.addEventListener("pointerdown", (event) => this.grab(event));
      const later = () => setTimeout(() => this.refresh(), 50);
      const home = block.container[0];
      for (const sign of ["change", "input", "click"]) home.addEventListener(sign, later);
      // A chooser fills its field without telling anybody.
      new MutationObserver(later).observe(block.childBlocks.picture.container[0], {
        subtree: true, childList: true, attributes: true, attributeFilter: ["value", "class", "src"],
      });
      this.refresh();
    }

    /** The picture's address, or nothing where none is chosen. */
    address() {
      const { drawing, photo } = this.block.childBlocks.picture.childBlocks;
      for (const [kind, chooser] of [["drawing", drawing], ["photo", photo]]) {
        const value = chooser.getValue();
        const pk = value && typeof value === "object" ? value.id : value;
        if (pk) return this.meta.zonePicture.replace("kind", kind).replace("/0/", `/${pk}/`);
      }
      return "";
    }

    refresh() {
      const address = this.address();
      this.element.hidden = !address;
      if (address && this.img.getAttribute("src") !== address) {
        this.stage.hidden = false;
        this.img.src = address;
      } else if (!this.held) this.draw();
    }

    boxOf(child) {
      const fields = child.block.childBlocks;
      return Object.fromEntries(NAMES.map((name) => [name, Number(fields[name].getValue()) || 0]));
    }

    put(child, box) {
      for (const name of NAMES) child.block.childBlocks[name].setState(String(box[name]));
    }

    draw() {
      const { clientWidth: wide, clientHeight: high } = this.img;
      if (!wide || !high) return;
      this.svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
      this.svg.replaceChildren();
      this.zones.children.forEach((child, index) => this.drawZone(child, index, wide, high));
    }

    drawZone(child, index, wide, high) {
      const box = this.boxOf(child);
      const x = (box.left * wide) / 100;
      const y = (box.top * high) / 100;
      const width = (box.width * wide) / 100;
      const height = (box.height * high) / 100;
      const isSmall = width * (WIDTH / wide) < this.meta.zoneLeast || height * (WIDTH / wide) < this.meta.zoneLeast;
      const group = svg("g", { class: isSmall ? "is-small" : "", "data-zone": index }, this.svg);
      svg("rect", { x, y, width, height }, group);
      const label = svg("text", { x: x + 6, y: y + 18 }, group);
      const pixels = `${Math.round(width)} × ${Math.round(height)}`;
      label.textContent = `${index + 1} ${isSmall ? `${this.meta.zoneWords.small} ${pixels}` : ""}`;
      svg("circle", { cx: x + width, cy: y + height, r: 8, "data-corner": "" }, group);
    }

    at(event) {
      const box = this.img.getBoundingClientRect();
      return {
        x: clamp(((event.clientX - box.left) / box.width) * 100, 100),
        y: clamp(((event.clientY - box.top) / box.height) * 100, 100),
      };
    }

    /** On a corner: resize; inside a zone: move; anywhere else: draw a new one. */
    grab(event) {
      if (event.button) return;
      event.preventDefault();
      const from = this.at(event);
      const group = event.target.closest("[data-zone]");
      const child = group && this.zones.children[Number(group.dataset.zone)];
      const box = child ? this.boxOf(child) : null;
      const isCorner = "corner" in event.target.dataset;
      let drawn = null;
      this.held = true;
      this.svg.setPointerCapture(event.pointerId);

      const move = (next) => {
        const to = this.at(next);
        if (child && isCorner) {
          this.put(child, between({ x: box.left, y: box.top }, to));
        } else if (child) {
          this.put(child, {
            ...box,
            left: round(clamp(box.left + to.x - from.x, 100 - box.width)),
            top: round(clamp(box.top + to.y - from.y, 100 - box.height)),
          });
        } else drawn = between(from, to);
        this.draw();
        if (drawn) {
          const [wide, high] = [this.img.clientWidth / 100, this.img.clientHeight / 100];
          svg("rect", {
            x: drawn.left * wide, y: drawn.top * high,
            width: drawn.width * wide, height: drawn.height * high, class: "is-new",
          }, this.svg);
        }
      };
      const drop = () => {
        this.svg.removeEventListener("pointermove", move);
        this.held = false;
        // A mere click is no zone.
        if (drawn && drawn.width >= 2 && drawn.height >= 2) this.add(drawn);
        this.draw();
        this.element.dispatchEvent(new Event("change", { bubbles: true }));
      };
      this.svg.addEventListener("pointermove", move);
      this.svg.addEventListener("pointerup", drop, { once: true });
      this.svg.addEventListener("pointercancel", drop, { once: true });
    }

    add(box) {
      const { maxNum } = this.zones.blockDef.meta;
      if (maxNum && this.zones.children.length >= maxNum) return;
      const state = { ...this.zones.blockDef.initialChildState };
      for (const name of NAMES) state[name] = String(box[name]);
      const child = this.zones.insert(state, this.zones.children.length, {});
      child?.block?.childBlocks?.label?.focus?.({ soft: true });
    }
  }

  class PracticeScreenDefinition extends StructBlockDefinition {
    render(...places) {
      const block = super.render(...places);
      try {
        new Board(block, this.meta);
      } catch (error) {
        // The numbers can be typed all the same.
        console.warn(error);
      }
      return block;
    }
  }

  window.telepath.register("courses.blocks.PracticeScreenBlock", PracticeScreenDefinition);
})();
