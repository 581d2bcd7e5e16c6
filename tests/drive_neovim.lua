-- Uses the editor as a person would, with the cursor on the wrong size: reads the errors, the hover and the quick fix.
-- What it saw goes as JSON into $SEEN.

local seen = {}

local function wait(what, condition)
  if not vim.wait(90000, condition, 50) then
    error("nothing came: " .. what)
  end
end

local function messages()
  return vim.tbl_map(function(one) return one.message end, vim.diagnostic.get(0))
end

local function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return window
    end
  end
end

local function use()
  wait("diagnostics", function() return #messages() > 0 end)
  seen.before = messages()
  seen.filetype = vim.bo.filetype
  vim.fn.search("3x3, 64", "w")
  vim.lsp.buf.hover()
  wait("hover", floating)
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(floating()), 0, -1, false)
  seen.hover = table.concat(lines, "\n")
  vim.api.nvim_win_close(floating(), true)
  vim.fn.search("9x9", "w")
  vim.ui.select = function(items, _, choose) choose(items[1], 1) end
  vim.lsp.buf.code_action()
  wait("the fix", function() return vim.fn.search("9x9", "nw") == 0 end)
  wait("no diagnostics", function() return #messages() == 0 end)
  seen.after = messages()
  vim.cmd("write")
end

local done, fault = pcall(use)
seen.fault = not done and tostring(fault) or nil
local file = assert(io.open(os.getenv("SEEN"), "w"))
file:write(vim.fn.json_encode(seen))
file:close()
vim.cmd("qall!")
