# frozen_string_literal: true
# What is known of a file before it runs, from Ruby's own compiler: the lines that can run, and its methods, blocks and class bodies.
module WinnowTrace
  # `first`, `last`: lines. `own`: names of its own variables. `calls`, `ends`: how often, for what is held back.
  class Code
    attr_accessor :number, :file, :number_of_file, :name, :kind, :first, :last, :own, :calls, :ends, :held

    def initialize(file, name, kind, first, last, own)
      @file, @name, @kind, @first, @last, @own = file, name, kind, first, last, own
      @number_of_file = file.number
      @number = nil
      @calls = @ends = 0
      @held = nil
    end
  end

  class SourceFile
    KINDS = { main: :module, top: :module, method: :function, block: :part, class: :class }.freeze
    NUMBERS = { module: 0, function: 1, part: 2, class: 3 }.freeze

    attr_reader :number, :path, :hits, :usual, :counts, :held, :cleaning, :starts, :branches

    def initialize(number, path, place, plan)
      @number, @path = number, path
      @hits, @held = List.new, List.new
      # Where a line first led, and how often it led there; other ways in the table.
      @usual, @counts = List.new, List.new
      @ways = Table.new
      @codes = Table.new
      # Lines of `ensure`, by which an exception passes on, and of `rescue`, in which it ends.
      @cleaning = Table.new
      @starts = Table.new
      @branches = Table.new
      plan&.dig('starts', path)&.each { |line| @starts.put(line, true) }
      plan&.dig('branches', path)&.each { |from, to, way| @branches.put(from << 20 | to, way) }
      read(place)
    end

    # `kind`: 0 module, 1 method, 2 block, 3 class body.
    def code(kind, line)
      @codes.get(line << 2 | kind)
    end

    def add(kind, line, code)
      @codes.put(line << 2 | kind, code)
    end

    def count(from, to)
      usual = @usual.get(from)
      if usual == to
        @counts.put(from, @counts.get(from) + 1)
      elsif usual
        key = to < 0 ? -(from << 20 | -to) : from << 20 | to
        @ways.put(key, (@ways.get(key) || 0) + 1)
      else
        @usual.put(from, to)
        @counts.put(from, 1)
      end
    end

    def each_way
      from = -1
      while (from += 1) < @usual.count_all
        to = @usual.get(from)
        yield from, to, @counts.get(from) if to
      end
      @ways.walk { |key, count| key < 0 ? yield(-key >> 20, -(-key & 0xfffff), count) : yield(key >> 20, key & 0xfffff, count) }
    end

    # Another recording begins, in a process that was forked.
    def forget
      @codes.walk { |_, code| code.number = nil }
      @hits.map! { |count| count && 0 }
      @usual, @counts, @ways = List.new, List.new, Table.new
    end

    private

    def read(place)
      source = File.binread(place).force_encoding(Encoding::UTF_8)
      verbose, $VERBOSE = $VERBOSE, nil
      whole = RubyVM::InstructionSequence.compile(source, @path, place, 1)
      walk(whole)
    rescue SyntaxError, SystemCallError, ArgumentError, EncodingError
      # Ruby says so itself, when the program loads it.
    ensure
      $VERBOSE = verbose
      @codes.put(0, Code.new(self, '<module>', :module, 1, 1 << 20, nil)) unless @codes.has(0)
    end

    def walk(sequence, cleaning = false)
      form = sequence.to_a
      kind = KINDS[form[9]]
      lines = sequence.trace_points.filter_map { |line, event| line if event == :line }
      lines.each do |line|
        @hits.put(line, 0) if line.positive?
        @cleaning.put(line, true) if cleaning
      end
      keep(form, kind) if kind
      # To an ensure the same lines are compiled again, for when nothing is raised.
      sequence.each_child { |child| walk(child, child.to_a[9] == :ensure) }
    end

    def keep(form, kind)
      place = form[4][:code_location]
      first = kind == :module ? 0 : form[8]
      key = first << 2 | NUMBERS.fetch(kind)
      own = Table.new
      form[10].each { |name| own.put(name, true) if name.is_a?(Symbol) }
      known = @codes.get(key)
      # Two blocks that begin on one line are told as one.
      return known.last = [known.last, place[2]].max if known

      name = kind == :module ? '<module>' : form[5].sub('<compiled>', '<module>')
      @codes.put(key, Code.new(self, name, kind, kind == :module ? 1 : first, kind == :module ? 1 << 20 : place[2], own))
    end
  end
end
