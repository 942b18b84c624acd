"""Who would win where a claim is financed twice: 中登 registrations and notices, ours and rivals', and what follows from them."""
