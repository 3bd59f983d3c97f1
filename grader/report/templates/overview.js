// Sorts and filters the table of the class. Without it the table stands whole, as it was written.
(() => {
  const table = document.querySelector('.matrix'), tools = document.querySelector('.tools')
  if (!table || !tools) return
  const heads = [...table.tHead.rows[0].cells], bodies = [...table.tBodies]
  const rows = bodies.flatMap((body) => [...body.rows]), together = bodies[0].rows.length
  const [box, check, state, all] = tools.querySelectorAll('input, select, button')
  const korean = document.getElementById('lang-ko')
  const text = (node) => node.textContent.trim()
  const said = (node) => text(node.querySelector(`[lang=${korean.checked ? 'ko' : 'en'}]`) ?? node)
  const collator = new Intl.Collator(['ko', 'en'], { numeric: true })
  const trouble = { failed: 6, broken: 5, undecided: 4, manual: 4, blocked: 3, marked: 2, echo: 2, p: 0 }
  // How a column is compared, and the way round that a reader wants first.
  const words = (a, b) => !a - !b || collator.compare(a, b)
  const numbers = (a, b) => a - b
  const kinds = {
    name: [(row, at) => text(row.cells[at]), words, 'ascending'],
    score: [(row, at, place) => -place, numbers, 'descending'],
    check: [(row, at) => trouble[row.cells[at].className] ?? 1, numbers, 'descending'],
    number: [(row, at) => Number(text(row.cells[at])), numbers, 'descending'],
  }
  let order = rows.map((row, place) => place)
  // Groups are filled with the rows that are shown: with few in each, all groups would be seen, and laid out, at once.
  const deal = () => {
    const shown = order.filter((place) => !rows[place].hidden), rest = order.filter((place) => rows[place].hidden)
    const dealt = [...shown, ...rest].map((place) => rows[place])
    // Apart from the page, rows move without a thought for what stands where.
    const apart = new DocumentFragment()
    apart.append(...bodies)
    bodies.forEach((body, at) => {
      const from = at * together
      body.append(...dealt.slice(from, from + together))
      body.hidden = shown.length <= from
      body.style.setProperty('--rows', Math.min(shown.length - from, together))
    })
    table.tHead.after(apart)
  }
  const sort = (at) => {
    const [key, compare, first] = kinds[heads[at].dataset.sort]
    const other = first === 'ascending' ? 'descending' : 'ascending'
    const way = heads[at].getAttribute('aria-sort') === first ? other : first
    const sign = way === 'ascending' ? 1 : -1
    const keyed = rows.map((row, place) => [key(row, at, place), place])
    keyed.sort(([a, one], [b, two]) => sign * compare(a, b) || one - two)
    order = keyed.map(([, place]) => place)
    deal()
    for (const head of heads) head.removeAttribute('aria-sort')
    heads[at].setAttribute('aria-sort', way)
  }
  heads.forEach((head, at) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...(head.querySelector('a') ?? head).childNodes)
    button.addEventListener('click', () => sort(at))
    head.replaceChildren(button)
    if (head.dataset.sort === 'score') head.setAttribute('aria-sort', 'descending')
  })

  const columns = heads.flatMap((head, at) => (head.dataset.sort === 'check' ? [at] : []))
  if (bodies.length > 1) {
    // The style lays such a table out as a grid, in which a browser may see no table any more.
    const roles = { table: 'table', 'thead, tbody, tfoot': 'rowgroup', tr: 'row', td: 'cell', 'thead th': 'columnheader' }
    for (const [name, role] of Object.entries({ ...roles, ':is(tbody, tfoot) th': 'rowheader' }))
      for (const one of name === 'table' ? [table] : table.querySelectorAll(name)) one.setAttribute('role', role)
  }
  const found = rows.map((row) => `${text(row.cells[0])} ${text(row.cells[heads.length - 1])}`.toLowerCase())
  const means = { p: 'passed', echo: 'failed' }
  const apply = () => {
    const wanted = box.value.normalize('NFC').trim().toLowerCase()
    const looked = check.value ? [check.value] : columns
    let shown = 0
    rows.forEach((row, at) => {
      const fits = (name) => (means[name] ?? name) === state.value
      const kept = found[at].includes(wanted) && (!state.value || looked.some((one) => fits(row.cells[one].className)))
      if (row.hidden === kept) row.hidden = !kept
      shown += kept
    })
    deal()
    for (const count of tools.querySelectorAll('[role=status] b')) count.textContent = shown
    all.hidden = !(box.value || check.value || state.value)
  }
  const offer = (select, pairs) => {
    const chosen = select.value
    select.replaceChildren(new Option('—', ''), ...pairs.map(([value, label]) => new Option(label, value)))
    select.value = chosen
  }
  const label = () => {
    offer(check, columns.map((at, number) => [at, `${number + 1}. ${said(heads[at].querySelector('.tip'))}`]))
    offer(state, [...document.querySelectorAll('.legend > span')].map((one) => [one.className, said(one)]))
  }
  box.addEventListener('input', apply)
  state.addEventListener('change', apply)
  check.addEventListener('change', () => {
    if (check.value && !state.value) state.value = 'failed'
    apply()
  })
  all.addEventListener('click', () => {
    box.value = check.value = state.value = ''
    apply()
    box.focus()
  })
  for (const radio of document.querySelectorAll('.langs input')) radio.addEventListener('change', label)
  label()
  tools.hidden = false
})()
