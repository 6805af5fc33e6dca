/** Whether an event belongs to something that is being typed into or chosen from; the canvas then keeps out. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    !!target.closest("input, textarea, select, [role=combobox], [role=listbox], .ant-modal, .ant-popover"));
